/** The address of every service that runs here, before TRADE2026_PORT_OFFSET. */
export const PORTS = { gateway: 8080, "live-gateway": 8084, risk: 8098, oms: 8099, pnl: 8100 } as const
export type ServiceName = keyof typeof PORTS
export const VERSION = "0.1.0"
