/**
 * Low-rank adapters (LoRA, rsLoRA, DoRA) on frozen projections, and the token rows trained beside
 * them. Knows no layer, no loss and no file.
 */
package dev.terse.model.adapter;
