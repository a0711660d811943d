"""From what was fused to every county's release: made, judged, and handed over. Writes no published file."""
