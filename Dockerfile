# One service: docker build --build-arg SERVICE=profile-service . (after mvn -B -DskipTests package)
FROM eclipse-temurin:25-jre
ARG SERVICE
RUN useradd --system --create-home --shell /usr/sbin/nologin winback \
  && install --directory --owner winback --mode 0700 /var/lib/winback /var/lib/winback-journal
WORKDIR /home/winback
COPY --chown=winback ${SERVICE}/target/${SERVICE}-*-exec.jar service.jar
USER winback
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=70", "--enable-native-access=ALL-UNNAMED", "-jar", "service.jar"]
