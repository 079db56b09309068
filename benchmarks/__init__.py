"""What Leafnotes costs, as ratios against plain rivals measured in the same run: `python -m benchmarks`."""
