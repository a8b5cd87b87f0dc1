ALTER TABLE campaign_run_part ADD COLUMN suppressed bigint NOT NULL DEFAULT 0;
