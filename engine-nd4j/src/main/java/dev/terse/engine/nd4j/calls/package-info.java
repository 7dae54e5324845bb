/**
 * The native operations that an engine is built on, behind one interface, by ND4J, and the threads
 * that call them. Knows oneDNN by that interface only.
 */
package dev.terse.engine.nd4j.calls;
