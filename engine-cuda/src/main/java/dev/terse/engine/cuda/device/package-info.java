/**
 * What computes: a GPU behind one interface, its memory, its matmuls and its kernels, compiled for
 * the card at hand. Knows no tensor and no operation.
 */
package dev.terse.engine.cuda.device;
