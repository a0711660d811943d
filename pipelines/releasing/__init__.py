"""A county's next version: how it differs from what is served, why, and what is written of it. Publishes nothing."""
