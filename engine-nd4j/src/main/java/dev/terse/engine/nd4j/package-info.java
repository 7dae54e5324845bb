/**
 * The engine on ND4J arrays: {@link dev.terse.engine.nd4j.Nd4jEngine}, and the choice of what
 * serves it on the machine at hand. Knows no model.
 */
package dev.terse.engine.nd4j;
