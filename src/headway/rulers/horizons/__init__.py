"""Success against the time that a task takes a human, and the ruler of time horizons."""
