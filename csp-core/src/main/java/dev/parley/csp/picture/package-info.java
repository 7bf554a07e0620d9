/// Drawings of networks: [dev.parley.csp.picture.Picture].
package dev.parley.csp.picture;
