/**
 * Tables and pages of judged models: what a quickstart ends with, and any records side by side. It
 * reads records and metrics, and runs nothing.
 */
package dev.terse.lab.report;
