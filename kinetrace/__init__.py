"""The library that adapters and stages call; knows neither."""
