"""Published results: run data, tables, plots, model cards, pretrained agents."""
