/**
 * Work on rows and elements, and matmuls with weights, split over the threads. Knows no attention
 * and no head.
 */
package dev.terse.engine.nd4j.kernels;
