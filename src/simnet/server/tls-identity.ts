/** What a server shows in its TLS handshake. */
export interface TlsIdentity {
  /** PEM, leaf first. */
  readonly certificate: string
  /** PEM, PKCS #8. */
  readonly key: string
  /** The latest version of TLS that goes with it; TLS 1.2 and later by default. */
  readonly newest?: "TLSv1.1"
  /** Instead of the above for clients that name one of these hosts; `identity` is made on first use. */
  readonly forNames?: { readonly hosts: ReadonlySet<string>; readonly identity: () => TlsIdentity }
}
