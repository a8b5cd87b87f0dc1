-- What group each feature is of, and how much a model has from each group.
ALTER TABLE dataset_partition ADD COLUMN feature_groups jsonb NOT NULL DEFAULT '[]';
COMMENT ON COLUMN dataset_partition.feature_groups IS 'a group for each of feature_names; empty when it was not said';

ALTER TABLE model_version ADD COLUMN feature_groups jsonb NOT NULL DEFAULT '[]';
ALTER TABLE model_version ADD COLUMN importance jsonb;
COMMENT ON COLUMN model_version.importance IS 'permutation importance of the groups in the back-test; null when not measured';
