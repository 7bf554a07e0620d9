/// Tests that own time and order: concurrent programs run as a function of a seed.
package dev.parley.loop.testing;
