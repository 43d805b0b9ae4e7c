"""What is decided before anything is written: plain values in, plain values and problems out."""
