"""The calibrated ruler: curves with residuals that belong together, as a Gaussian process."""
