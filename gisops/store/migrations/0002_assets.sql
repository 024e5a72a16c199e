-- What stands in the city, as last imported: one row a record of the inventory.
-- Geometry is WKB in WGS 84; its bounds are searched by GiST, predicates are exact in the program.
CREATE TABLE asset (
    layer text NOT NULL,
    id text NOT NULL,
    record jsonb NOT NULL,
    geom_wkb bytea,
    bounds box,
    PRIMARY KEY (layer, id)
);
CREATE INDEX asset_bounds ON asset USING gist (bounds);
