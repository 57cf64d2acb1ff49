"""Fast inference paths for the CPU, equal to the modules up to rounding."""
