"""The tags of enterprises: families expanded to a catalogue, the catalogue compiled to a few passes over a frame."""
