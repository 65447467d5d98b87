"""What several methods share when they answer: ratios, excesses, signed differences, pictures."""
