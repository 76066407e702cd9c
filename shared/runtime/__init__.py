"""Settings, logs, metrics, health, workers, clocks and identifiers: the ground every process stands on."""
