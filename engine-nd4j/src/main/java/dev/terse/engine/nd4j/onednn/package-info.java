/**
 * The native operations by oneDNN's own interface, on the memory of ND4J's arrays. Knows no tensor
 * of the seam.
 */
package dev.terse.engine.nd4j.onednn;
