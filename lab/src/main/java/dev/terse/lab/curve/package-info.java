/**
 * The static evaluation: chains are pruned in several ways and degrees, and the model answers after
 * what is left of them. Nothing is trained.
 */
package dev.terse.lab.curve;
