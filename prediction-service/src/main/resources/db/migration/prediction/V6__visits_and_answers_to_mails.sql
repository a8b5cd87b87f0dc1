-- Labels of rows: visits to the shop, and whether the next mail was answered.
ALTER TABLE dataset_row ADD COLUMN visits int, ADD COLUMN engaged boolean;
COMMENT ON COLUMN dataset_row.engaged IS 'null when no mail came that had its time to be answered, or none of the labels is known';
