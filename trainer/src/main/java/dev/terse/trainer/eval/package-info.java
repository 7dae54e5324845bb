/**
 * A model on problems: one record each, none left out. How two models compare is the business of
 * the lab.
 */
package dev.terse.trainer.eval;
