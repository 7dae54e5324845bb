/**
 * The model that a run begins with: which weights, which adapters, which engine. It opens no engine
 * itself and knows nothing of training.
 */
package dev.terse.trainer.model;
