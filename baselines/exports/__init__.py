"""Files of trained agents for other programs: ONNX, and Stable-Baselines3's zip."""
