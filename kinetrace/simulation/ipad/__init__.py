"""A made iPad recording: film, LiDAR depth, camera poses, room scan and an ARKit-like body, with the exact truth beside."""
