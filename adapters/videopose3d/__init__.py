"""From a video, with LiDAR depth and camera poses where there are any, to a body in metres."""
