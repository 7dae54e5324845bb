/**
 * The whole method on a small model, phase by phase, each of which is done once. It trains by the
 * runs of the trainer and knows nothing of their steps.
 */
package dev.terse.lab.quickstart;
