/** Chains of a model's own, sampled and graded: what the method begins with. */
package dev.terse.lab.sampling;
