/** Attention over packed segments and over a cache of keys and values. Knows no head. */
package dev.terse.engine.nd4j.attention;
