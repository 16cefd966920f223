/** The line between the editor and the picture, moved by hand or with the arrow keys. */
import { byId } from './dom.ts'

const least = 20
const most = 75

export function dividerMoves(): void {
  const divider = byId('divider')
  const main = byId('main')
  let share = Number(divider.getAttribute('aria-valuenow'))
  const move = (to: number): void => {
    share = Math.round(Math.min(most, Math.max(least, to)))
    divider.setAttribute('aria-valuenow', String(share))
    main.style.setProperty('--share', `${share}%`)
  }
  divider.addEventListener('keydown', (event) => {
    const by = { ArrowLeft: -2, ArrowRight: 2, ArrowUp: -2, ArrowDown: 2 }[event.key]
    if (by === undefined) return
    event.preventDefault()
    move(share + by)
  })
  divider.addEventListener('pointerdown', ({ pointerId }) => divider.setPointerCapture(pointerId))
  divider.addEventListener('pointermove', ({ pointerId, clientX, clientY }) => {
    if (!divider.hasPointerCapture(pointerId)) return
    const { left, top, width, height } = main.getBoundingClientRect()
    const isStacked = getComputedStyle(main).flexDirection === 'column'
    move(isStacked ? (100 * (clientY - top)) / height : (100 * (clientX - left)) / width)
  })
}
