-- What each source's code means on the day, and the names of the standard's codes; read from mappings/ as they are.

CREATE TABLE meaning USING parquet AS
SELECT list, source, code, standard
FROM dictionary
WHERE since <= '${day}'
QUALIFY row_number() OVER (PARTITION BY list, source, code ORDER BY since DESC, known DESC) = 1
    AND standard <> '';

CREATE TABLE code_list USING parquet AS SELECT list, code, name, coalesce(parent, '') AS parent FROM listed_code;

CREATE TABLE county_list USING parquet AS
SELECT code, name
FROM county
WHERE code NOT IN (SELECT from_code FROM change WHERE kind IN ('recode', 'merge', 'split', 'split_rest'))
QUALIFY row_number() OVER (PARTITION BY code ORDER BY since DESC) = 1;

CREATE TABLE town_list USING parquet AS
SELECT code, name FROM township QUALIFY row_number() OVER (PARTITION BY code ORDER BY since DESC) = 1;
