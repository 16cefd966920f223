/** OTLP's span kinds and status codes, by number, as people read them. */
export const kinds = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'] as const
export const statuses = ['UNSET', 'OK', 'ERROR'] as const
