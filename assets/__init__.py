"""What exists: every feed, entity and product as a Dagster asset. The only room that imports Dagster."""

import warnings

# Column lineage, code references and checks by partition are marked beta; each is tried in tests/integration.
warnings.filterwarnings("ignore", message=r".*is currently in (beta|preview)")
