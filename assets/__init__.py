"""What exists: every feed, entity and product as a Dagster asset. The only room that imports Dagster."""
