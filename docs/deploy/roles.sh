#!/bin/sh
# A role and a schema per service; a role sees only its own schema. Run once by the postgres image on an empty volume.
set -eu
for service in profile prediction content delivery; do
  eval "password=\$WINBACK_DB_PASSWORD_$(echo "$service" | tr '[:lower:]' '[:upper:]')"
  : "${password:?no password for the role $service: put WINBACK_DB_PASSWORD_* into .env}"
  psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
    -v service="$service" -v password="$password" <<'SQL'
CREATE ROLE :"service" LOGIN PASSWORD :'password';
CREATE SCHEMA :"service" AUTHORIZATION :"service";
ALTER ROLE :"service" SET search_path = :"service";
GRANT CONNECT ON DATABASE winback TO :"service";
SQL
done
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
REVOKE ALL ON DATABASE winback FROM PUBLIC;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
SQL
