"""What deliveries tell that no mapping holds: codes without a meaning, spent corrections, roads. Maps nothing."""
