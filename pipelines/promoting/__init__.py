"""What several counties built alike, and the edit that makes it core. Edits nothing by itself."""
