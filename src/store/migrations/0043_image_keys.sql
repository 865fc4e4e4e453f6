-- A certificate that names one of two servers is an image's as much as one that names neither.

COMMENT ON COLUMN comparison_weight.forgeability IS 'How a stranger could bring it about: possession (of a private key), image (of one whose certificates do not name both), two-sided (both state it), copyable (anybody can write the same, dates of certificates too), hosting, backend or software; minting (made at one time) in analyses of older versions. Never null.';
