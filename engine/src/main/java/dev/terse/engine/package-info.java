/**
 * The seam between mathematics and machine: {@link dev.terse.engine.Engine}, the tensors that it
 * works on and the records that its operations take. Knows no model, no file and no implementation.
 */
package dev.terse.engine;
