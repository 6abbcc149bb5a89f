/** Signs of attack in a URL weigh more than one property of a request: they are what such a log is looked at for. */
export const ATTACK_WEIGHT = 3;
