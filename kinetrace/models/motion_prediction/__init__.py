"""Short-term prediction of CMU motion: ten frames in, twenty-five out, by a graph of joints."""
