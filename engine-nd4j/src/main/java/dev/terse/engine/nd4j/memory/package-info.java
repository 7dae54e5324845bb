/**
 * Native memory outside ND4J's workspaces: blocks, pools, arenas, tensors and matrices on them.
 * Knows no operation.
 */
package dev.terse.engine.nd4j.memory;
